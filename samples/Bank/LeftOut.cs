Console.WriteLine("The bank is left out: it is a silo, and this machine's feeds do not have the packages of Orleans.");

// Azurite for as long as whoever started it lives: the end of standard input is the end of it.
'use strict';
const end = () => {
  process.emit('SIGTERM'); // Azurite then writes what it has to its files
  setTimeout(() => process.exit(0), 10000).unref();
};
process.stdin.on('end', end);
process.stdin.on('error', end);
process.stdin.resume();
require('./node_modules/azurite/dist/src/azurite.js');

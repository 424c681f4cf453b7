// Azurite for as long as whoever started it lives: the end of standard input is the end of it.
'use strict';
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.resume();
require('./node_modules/azurite/dist/src/azurite.js');

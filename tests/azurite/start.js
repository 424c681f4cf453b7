// Azurite for as long as whoever started it lives: the end of standard input is the end of it.
'use strict';
const end = () => process.exit(0);
process.stdin.on('end', end);
process.stdin.on('error', end);
process.stdin.resume();
if (process.argv.includes('--location')) require('./durable.js');
require('./node_modules/azurite/dist/src/azurite.js');

// Azurite keeps its rows in memory and writes them to its files every five seconds: killed, it loses what it has acknowledged since.
// The real service acknowledges what is durable; so that a test may kill Azurite, here an answer waits until the files have the change.
'use strict';
const { Server } = require('http');
const Loki = require('lokijs');

const databases = new Set();
const { saveDatabase } = Loki.prototype;
Loki.prototype.saveDatabase = function (...args) {
  databases.add(this); // each is saved as Azurite starts
  return saveDatabase.apply(this, args);
};

const saved = database => new Promise((resolve, reject) => database.saveDatabase(error => (error ? reject(error) : resolve())));

const { emit } = Server.prototype;
Server.prototype.emit = function (event, request, response) {
  if (event === 'request' && request.method !== 'GET' && request.method !== 'HEAD') {
    const { end } = response;
    response.end = (...args) => {
      Promise.all([...databases].map(saved)).then(() => end.apply(response, args), error => response.destroy(error));
      return response;
    };
  }
  return emit.apply(this, arguments);
};

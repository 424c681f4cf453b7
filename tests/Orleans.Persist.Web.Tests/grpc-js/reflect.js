// Reads { address } from standard input, finds out by reflection alone what the server offers, calls that,
// and prints { services, saved, loaded }.
const fs = require('fs');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const { Client } = require('grpc-reflection-js');

(async () => {
  const { address } = JSON.parse(fs.readFileSync(0, 'utf8'));
  const reflection = new Client(address, grpc.credentials.createInsecure());
  const services = await reflection.listServices();
  const root = await reflection.fileContainingSymbol('protob.EventStore');
  const found = grpc.loadPackageDefinition(loader.fromJSON(root.toJSON(), { keepCase: true, enums: String, bytes: String }));
  const store = new found.protob.EventStore(address, grpc.credentials.createInsecure());
  const call = (method, request) => new Promise((resolve, reject) =>
    store[method](request, (error, response) => error ? reject(error) : resolve(response)));
  const location = { scope: { type: 'Bridge', bridge: 'b' }, key: 'k' };
  const saved = await call('Save', { location, value: Buffer.from('reflected') });
  const loaded = (await call('Load', { location })).value;
  console.log(JSON.stringify({ services, saved, loaded }));
  store.close();
  reflection.grpcClient.close();
})();

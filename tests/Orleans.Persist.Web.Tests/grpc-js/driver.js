// Reads { address, roots, protos, calls: [{ method, request, deadline, metadata }] } from standard input,
// makes the calls in order and prints an array of { response } or { code, details }. Bytes are base64.
const fs = require('fs');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const plan = JSON.parse(fs.readFileSync(0, 'utf8'));
const options = { keepCase: true, enums: String, bytes: String, defaults: true };
const packages = plan.protos.map(proto => grpc.loadPackageDefinition(loader.loadSync(proto, options)));
const credentials = plan.roots ? grpc.credentials.createSsl(fs.readFileSync(plan.roots)) : grpc.credentials.createInsecure();
const clients = {
  EventStore: new packages[0].protob.EventStore(plan.address, credentials),
  Health: new packages[1].grpc.health.v1.Health(plan.address, credentials),
};

function call({ service = 'EventStore', method, request, deadline, metadata = {} }) {
  return new Promise(resolve => {
    const headers = new grpc.Metadata();
    for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
    const settings = deadline ? { deadline: Date.now() + deadline } : {};
    clients[service][method](request, headers, settings, (error, response) =>
      resolve(error ? { code: error.code, details: error.details } : { response }));
  });
}

(async () => {
  const answers = [];
  for (const step of plan.calls) answers.push(await call(step));
  console.log(JSON.stringify(answers));
  Object.values(clients).forEach(client => client.close());
})();

// Watches the health of the services named as arguments after the address, and prints a line for each answer and each end.
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [address, ...services] = process.argv.slice(2);
const { Health } = grpc.loadPackageDefinition(loader.loadSync('health.proto', { enums: String })).grpc.health.v1;
const client = new Health(address, grpc.credentials.createInsecure());
for (const service of services) {
  const watch = client.Watch({ service });
  watch.on('data', ({ status }) => console.log(`${service} ${status}`));
  watch.on('error', ({ code, details }) => console.log(`${service} ${code} ${details}`));
}

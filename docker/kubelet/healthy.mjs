// Healthy: the daemon says on its own socket that it is ready. Lighter than the whole command line every few seconds.
import { request } from 'node:http';

const socketPath = process.env.TINYLET_API_SOCKET ?? '/run/tinylet/tinylet.sock';
request({ socketPath, path: '/readyz', timeout: 3000 }, (answer) => {
  answer.pipe(process.stdout);
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
})
  .on('timeout', () => process.exit(1))
  .on('error', (error) => {
    process.stdout.write(`${error.message}\n`);
    process.exitCode = 1;
  })
  .end();

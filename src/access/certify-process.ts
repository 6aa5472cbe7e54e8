import { text } from 'node:stream/consumers';
import { certify } from './certify.ts';

// A program of its own: reads a request from stdin, and writes what was made to stdout. certify-apart.ts starts it.
process.stdout.write(JSON.stringify(await certify(JSON.parse(await text(process.stdin)))));

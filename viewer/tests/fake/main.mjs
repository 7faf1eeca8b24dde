/** `npm run fake`: the fake server on port 4173, to look at the pages. */
import { accounts, createWorld, startFake } from './server.mjs';

const { base } = await startFake(createWorld({ empty: process.argv.includes('--empty') }), 4173);
for (const { name, password } of Object.values(accounts)) process.stdout.write(`${base}  ${name}  ${password}\n`);

// Preloaded into the process under test (needs --expose-gc): what is really alive, in MiB, once a second, into the file HEAP_FILE.
import fs from 'node:fs';

setInterval(() => {
  globalThis.gc();
  fs.appendFileSync(process.env.HEAP_FILE, `${(process.memoryUsage().heapUsed / 2 ** 20).toFixed(2)}\n`);
}, 1000).unref();

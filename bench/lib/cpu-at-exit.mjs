// Loaded before a program (`node --import`): writes the CPU ms that its process has used, from its very start, into the file that CPU_FILE names.
import fs from 'node:fs';

process.once('exit', () => {
  const { user, system } = process.cpuUsage();
  fs.writeFileSync(process.env.CPU_FILE, String((user + system) / 1000));
});

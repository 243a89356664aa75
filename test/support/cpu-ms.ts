/** What a piece of work costs in CPU time: a machine that is busy with other things makes it take longer, but not cost more. */
export async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

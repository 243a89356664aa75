/** Editors write a file in several steps. */
const SETTLE_MS = 100;

/** Calls when one of the files has changed, and has stayed as it is for a moment. */
export async function watchFiles(files: readonly string[], onChange: () => Promise<void>): Promise<{ readonly close: () => Promise<void> }> {
  const { watch } = await import('chokidar');
  const watcher = watch([...files], { ignoreInitial: true, atomic: true });
  let timer: NodeJS.Timeout | undefined;
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void onChange(), SETTLE_MS);
  });
  await new Promise<void>((resolve) => {
    watcher.once('ready', resolve);
  });
  return {
    close: async () => {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

/** Editors write a file in several steps. */
const SETTLE_MS = 100;

export interface FileWatcher {
  /** These files from now on, and no others. */
  readonly watch: (files: readonly string[]) => void;
  readonly close: () => Promise<void>;
}

/** Calls when one of the files has changed, and has stayed as it is for a moment; again when the call before has ended. */
export async function watchFiles(files: readonly string[], onChange: () => Promise<void>): Promise<FileWatcher> {
  const { watch } = await import('chokidar');
  const watcher = watch([...files], { ignoreInitial: true, atomic: true });
  let watched: ReadonlySet<string> = new Set(files);
  let timer: NodeJS.Timeout | undefined;
  let told = Promise.resolve();
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      told = told.then(onChange);
    }, SETTLE_MS);
  });
  await new Promise<void>((resolve) => {
    watcher.once('ready', resolve);
  });
  return {
    watch: (wanted) => {
      const before = watched;
      watched = new Set(wanted);
      watcher.unwatch([...before].filter((file) => !watched.has(file)));
      watcher.add([...watched].filter((file) => !before.has(file)));
    },
    close: async () => {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

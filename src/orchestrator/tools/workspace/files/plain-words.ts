const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a part of the path is no directory',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOTEMPTY: 'the directory is not empty',
  ENOSPC: 'no space left on the device',
  ENAMETOOLONG: 'the name is too long',
  EROFS: 'the file system is read-only',
};

/** What went wrong with the paths that were asked for, without those that we reach files by. */
export function inPlainWords(error: unknown, shown: readonly string[]): string {
  const { code, syscall, message } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (code === undefined || syscall === undefined) return message ?? String(error);
  return `${code}: ${REASONS[code] ?? 'the file system refused'}: ${shown.map((each) => each.slice(0, 200)).join(', ')}`;
}

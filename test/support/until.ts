/** Resolves as soon as something is so; rejects when it is not after `patienceMs`. */
export async function until(isSo: () => boolean | Promise<boolean>, patienceMs = 60_000): Promise<void> {
  for (let left = patienceMs / 10; !(await isSo()); left -= 1) {
    if (left <= 0) throw new Error('it never came to be');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** How long a wait is, for people: `90 s`, `45 min`, `24 h`, `7 days`. */
export function waitText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 120) return `${String(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes <= 120) return `${String(minutes)} min`;
  const hours = Math.ceil(minutes / 60);
  return hours <= 72 ? `${String(hours)} h` : `${String(Math.ceil(hours / 24))} days`;
}

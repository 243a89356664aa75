/** `host` is one of the suffixes or below one: `api.groq.com` is of `groq.com`, `evil-groq.com` is not. */
export function isOfHosts(host: string, suffixes: readonly string[]): boolean {
  const name = host.toLowerCase();
  return suffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
}

/** The host is this machine (`localhost`, 127.0.0.0/8, ::1), as a URL writes it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

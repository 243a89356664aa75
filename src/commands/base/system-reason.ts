/** Why the operating system refused something, without Node's code, call and path around it: `no such file or directory`. */
export function systemReason(error: { readonly message: string }): string {
  return error.message.replace(/^E[A-Z0-9]+: /u, '').replace(/, \w+(?: '.*')?$/su, '');
}

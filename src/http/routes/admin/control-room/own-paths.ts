/** Returns the path if it is a page of the control room, else `/admin`, so that no link can lead a sign-in elsewhere. */
export function ownPath(path: string | undefined): string {
  return path !== undefined && /^\/admin(?:\/[\w-]+)*$/.test(path) ? path : "/admin"
}

const localNames = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** True for host names that always mean this machine, as written in a URL or in a `Host` header without its port. */
export function isLocalName(hostname: string): boolean {
  return localNames.test(hostname)
}

/** True for a local origin such as `http://localhost:3000`; false for other origins and for text that is no origin. */
export function isLocalOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLocalName(new URL(origin).hostname)
}

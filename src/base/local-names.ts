const localNames = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** True for names that only this machine can mean, as they stand in a URL or in a `Host` without its port. */
export function isLocalName(hostname: string): boolean {
  return localNames.test(hostname)
}

/** True for a whole origin such as `http://localhost:3000`. Anything that is none is not local. */
export function isLocalOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLocalName(new URL(origin).hostname)
}

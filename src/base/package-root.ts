import { findPackageJSON } from "node:module"
import { pathToFileURL } from "node:url"

/**
 * The directory of this package, as a URL that ends in a slash. Sources and what is built of them lie at
 * different depths, because the client is built along; so files beside them are found from here.
 */
export const packageRoot = new URL("./", pathToFileURL(findPackageJSON(import.meta.url) ?? ""))

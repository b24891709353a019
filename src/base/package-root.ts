import { findPackageJSON } from "node:module"
import { pathToFileURL } from "node:url"

/**
 * The directory of this package, as a URL that ends in a slash. Source files and compiled files lie at different
 * depths, because the client is compiled with them, so both find other files of the package from here.
 */
export const packageRoot = new URL("./", pathToFileURL(findPackageJSON(import.meta.url) ?? ""))

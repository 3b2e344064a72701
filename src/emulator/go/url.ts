/** How Go writes what stands in a URL (net/url), which leaves more as it is than `encodeURIComponent`. */

const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/** Of a path, and as some libraries do it of a query. */
export const goSegment = (text: string): string =>
  escaped(text).replace(/%(24|26|2B|3A|3D|40)/g, decodeURIComponent)

/** A path of several segments. */
export const goPath = (text: string): string => goSegment(text).replace(/%(2C|2F|3B)/g, decodeURIComponent)

/** What follows a `#`. */
export const goFragment = (text: string): string =>
  goPath(text).replace(/%(21|28|29|2A|3F)/g, decodeURIComponent)

/** A host and its port. */
export const goHost = (text: string): string =>
  escaped(text).replace(/%(2[1246789ABC]|3[ABCDE]|5B|5D)/g, decodeURIComponent)

/** A name, or a password, before an `@`. */
export const goUser = (text: string): string => escaped(text).replace(/%(2[46BC]|3[BD])/g, decodeURIComponent)

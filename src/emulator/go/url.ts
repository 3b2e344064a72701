/** How Go writes what stands in a URL (net/url), which leaves more as it is than `encodeURIComponent`. */

const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/** Of a path, and as some libraries do it of a query. */
export const goSegment = (text: string): string =>
  escaped(text).replace(/%(24|26|2B|3A|3D|40)/g, decodeURIComponent)

/** A path of several segments. */
export const goPath = (text: string): string => goSegment(text).replace(/%(2C|2F|3B)/g, decodeURIComponent)

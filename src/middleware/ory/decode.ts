import { promisify } from 'node:util'
import zlib from 'node:zlib'

type Decode = (data: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const inflate = promisify(zlib.inflate) as Decode
const inflateRaw = promisify(zlib.inflateRaw) as Decode

/** Node 20 has no Zstandard; where it is there, it works like the others. */
const { zstdDecompress } = zlib as { zstdDecompress?: Parameters<typeof promisify>[0] }

/** A map: in an object, `constructor` would be the name of a coding, too. */
const DECODERS: ReadonlyMap<string, Decode> = new Map(
  Object.entries<Decode>({
    gzip: promisify(zlib.gunzip) as Decode,
    'x-gzip': promisify(zlib.gunzip) as Decode,
    br: promisify(zlib.brotliDecompress) as Decode,
    // "deflate" means zlib's format (RFC 9110, section 8.4.1.2), but raw streams are sent under that name too.
    deflate: (data, options) => inflate(data, options).catch(() => inflateRaw(data, options)),
    ...(zstdDecompress && { zstd: promisify(zstdDecompress) as unknown as Decode }),
  }),
)

/** The codings of a `Content-Encoding` header in the order they were applied. */
const codings = (header: string | undefined): string[] =>
  (header ?? '').split(',').flatMap(coding => {
    const name = coding.trim().toLowerCase()
    return name === '' || name === 'identity' ? [] : [name]
  })

/** Nobody sends more on purpose; each one may unpack up to the limit (CVE-2026-22036). */
const MAX_CODINGS = 4

/** Undoes every coding of a body. Rejects on an unknown one, a broken body, or more than `limit` bytes. */
export async function decodeBody(body: Buffer, encoding: string | undefined, limit: number): Promise<Buffer> {
  let data = body
  const applied = codings(encoding)
  if (applied.length > MAX_CODINGS) throw new Error(`more than ${MAX_CODINGS} content codings`)
  for (const coding of applied.reverse()) {
    const decode = DECODERS.get(coding)
    if (!decode) throw new Error(`unknown content coding ${coding}`)
    data = await decode(data, { maxOutputLength: limit })
  }
  return data
}

/** A client's `Accept-Encoding` without what we could not undo. */
export function acceptable(header: string): string {
  const parts = header.split(',').map(part => part.trim())
  const known = parts.filter(part => {
    const name = part.split(';', 1)[0]!.trim().toLowerCase()
    return name === 'identity' || DECODERS.has(name)
  })
  return known.join(', ') || 'identity'
}

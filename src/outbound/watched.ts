import { type AnswerHead, fieldOf } from './answer-head.js'
import type { Sink } from './passage.js'

/** Chooses by what an answer says of itself; the bytes are shown until it has seen enough. */
export type PageWatch = (page: {
  readonly type: string | undefined
  readonly encoding: string | undefined
}) => ((chunk: Buffer) => boolean) | undefined

/** The same sink, and whoever looks at the body sees each piece once it is on its way. */
export function watched(sink: Sink, answer: AnswerHead, watch: PageWatch): Sink {
  let look = watch({ type: fieldOf(answer, 'content-type'), encoding: fieldOf(answer, 'content-encoding') })
  if (!look) return sink
  return {
    write(chunk) {
      const more = sink.write(chunk)
      if (look && !look(chunk)) look = undefined
      return more
    },
    end: sink.end,
  }
}

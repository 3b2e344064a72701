import type { OryError } from '../diagnoses/answers.js'
import { createDiagnosisBook } from '../diagnoses/book.js'
import { createAssetWatch, type Look, type PageHead } from '../diagnoses/http-assets.js'
import { createObserver } from '../diagnoses/observer.js'
import type { Diagnosis } from '../diagnoses/table.js'
import { listenForToken, sentToken } from '../diagnoses/token-sent.js'
import { OryProxyError } from '../errors.js'
import type { Logger } from '../log.js'
import type { Exchange, Middleware, Reason, Stage } from '../middleware/pipeline.js'
import type { AnswerGiven } from '../middleware/proxy.js'
import type { OryClient } from '../ory/client.js'
import { createJournal } from '../tools/journal.js'
import { type ToolRules, toolsStage } from '../tools/stage.js'

/** What a developer is shown of what goes by: the last requests, what is wrong, who one is. */
export interface Insight {
  watch(middleware: Middleware): Middleware
  watchHandshake(handshake: (x: Exchange) => Promise<void>): (x: Exchange) => Promise<void>
  identified(x: Exchange, reason: Reason): void
  listen(x: Exchange): void
  answered(x: Exchange, path: string, answer: AnswerGiven): void
  /** The tools, as a stage. */
  readonly tools: (rules: ToolChoice) => Stage
  /** What a page of the app's, served over https, is looked at with while it passes. */
  readonly watchPage: (page: PageHead) => Look | undefined
  diagnoses(): readonly Diagnosis[]
}

/** What of the tools depends on the set-up. */
type ToolChoice = Omit<ToolRules, 'journal' | 'diagnoses'>

export function createInsight(client: OryClient, logger: Logger): Insight {
  const journal = createJournal()
  const book = createDiagnosisBook(line => logger.warn(line))
  const errorOf = (id: string): Promise<OryError | undefined> => readError(client, id)
  const observer = createObserver({ book, errorOf, open: journal.open })
  return {
    watch: journal.watch,
    watchHandshake: handshake => async x => {
      try {
        await handshake(x)
        journal.handshake(x.req, 101)
      } catch (error) {
        journal.handshake(x.req, error instanceof OryProxyError ? error.status : 500)
        throw error
      }
    },
    identified(x, reason) {
      journal.identified(x, reason)
      if (reason === 'asked') observer.asked(x.req, x.identified !== null)
    },
    listen: ({ req }) => listenForToken(req),
    answered({ req, origin }, path, { status, headers, text }) {
      const { method = '' } = req
      const values = (name: string): string[] =>
        headers.filter((_, i) => i % 2 === 1 && headers[i - 1]!.toLowerCase() === name)
      observer.answered({
        method,
        headers: req.headers,
        token: sentToken(req),
        origin,
        path,
        status,
        location: values('location')[0],
        setCookies: values('set-cookie'),
        text: values('content-type')[0]?.includes('json') ? text : undefined,
      })
    },
    tools: rules => toolsStage({ ...rules, journal, diagnoses: book.list }),
    watchPage: createAssetWatch(book),
    diagnoses: book.list,
  }
}

/** What the error page of Ory's would show; its redirect names only the id. */
async function readError(client: OryClient, id: string): Promise<OryError | undefined> {
  const answer = await client.read(`/self-service/errors?id=${encodeURIComponent(id)}`)
  const { error } = JSON.parse(answer?.status === 200 ? answer.text : '{}') as { error?: OryError }
  return error
}

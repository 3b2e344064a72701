import { answerError } from '../../middleware/answer.js'
import type { Forwarder, ForwardRules } from '../../outbound/forward.js'

/** Milliseconds after the start: the first answer of Ory is out by then, the first one of the app seldom asked for. */
const SOON = 250

/** The way to the app, loaded when somebody goes it or soon after the start: it is a quarter of what a start loads. */
export function createLazyForwarder(rules: ForwardRules): Forwarder {
  let forwarder: Forwarder | undefined
  let loading: Promise<Forwarder> | undefined
  const load = (): Promise<Forwarder> => {
    loading ??= import('../../outbound/forward.js').then(({ createForwarder }) => {
      forwarder = createForwarder(rules)
      return forwarder
    })
    return loading
  }
  const timer = setTimeout(() => void load(), SOON).unref()
  return {
    request(req, res) {
      if (forwarder) return forwarder.request(req, res)
      load()
        .then(loaded => loaded.request(req, res))
        .catch(error => answerError(req, res, error))
    },
    upgrade(req, socket, head) {
      if (forwarder) return forwarder.upgrade(req, socket, head)
      load().then(
        loaded => loaded.upgrade(req, socket, head),
        () => socket.destroy(),
      )
    },
    close() {
      clearTimeout(timer)
      forwarder?.close()
    },
  }
}

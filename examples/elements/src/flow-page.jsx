import { SessionProvider } from '@ory/elements-react/client'
import {
  Error as ErrorPage,
  Login,
  Recovery,
  Registration,
  Settings,
  Verification,
} from '@ory/elements-react/theme'
import '@ory/elements-react/theme/styles.css'
import { useEffect, useState } from 'react'
import { config, frontend, sdkUrl } from './ory.js'

const FLOWS = {
  login: [Login, id => frontend.getLoginFlow({ id })],
  registration: [Registration, id => frontend.getRegistrationFlow({ id })],
  recovery: [Recovery, id => frontend.getRecoveryFlow({ id })],
  verification: [Verification, id => frontend.getVerificationFlow({ id })],
  settings: [Settings, id => frontend.getSettingsFlow({ id })],
}

/** A new flow of this kind; what the old address asked for (return_to, aal, refresh) goes along. */
function restart(kind) {
  const query = new URLSearchParams(location.search)
  query.delete('flow')
  location.replace(`${sdkUrl}/self-service/${kind}/browser?${query}`)
}

/** Fetches the flow that the address names, or starts one. */
function useFlow(kind) {
  const [flow, setFlow] = useState()
  useEffect(() => {
    const id = new URLSearchParams(location.search).get('flow')
    if (!id) return restart(kind)
    FLOWS[kind][1](id).then(setFlow, async error => {
      const body = await error.response?.json().catch(() => null)
      if (body?.redirect_browser_to) location.replace(body.redirect_browser_to)
      else restart(kind)
    })
  }, [kind])
  return flow
}

export default function Page({ kind }) {
  return kind in FLOWS ? <Flow kind={kind} /> : <Failure />
}

function Flow({ kind }) {
  const flow = useFlow(kind)
  const [Component] = FLOWS[kind]
  if (!flow) return <main aria-busy="true" />
  const page = <Component flow={flow} config={config} />
  return kind === 'settings' ? <SessionProvider baseUrl={sdkUrl}>{page}</SessionProvider> : page
}

function Failure() {
  const [error, setError] = useState()
  useEffect(() => {
    const id = new URLSearchParams(location.search).get('id') ?? ''
    frontend
      .getFlowError({ id })
      .then(setError, () => setError({ error: { message: 'unknown error', code: 404 } }))
  }, [])
  return error ? <ErrorPage error={error} config={config} /> : <main aria-busy="true" />
}

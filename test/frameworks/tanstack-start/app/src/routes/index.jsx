import { sdkUrl } from 'virtual:ory'
import { createFileRoute } from '@tanstack/react-router'
import { createServerFn } from '@tanstack/react-start'
import { getRequestHeader } from '@tanstack/react-start/server'

globalThis.sdkUrl = sdkUrl

const whoAsks = createServerFn().handler(() => getRequestHeader('authorization') ?? 'nobody')

export const Route = createFileRoute('/')({ loader: () => whoAsks(), component: Home })

function Home() {
  return (
    <>
      <p id="who">{Route.useLoaderData()}</p>
      <p id="text">first</p>
    </>
  )
}

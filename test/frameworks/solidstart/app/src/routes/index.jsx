import { createAsync, query } from '@solidjs/router'
import { getRequestEvent } from 'solid-js/web'
import { Text } from '../text'

const whoAsks = query(async () => {
  'use server'
  return getRequestEvent().request.headers.get('authorization') ?? 'nobody'
}, 'who')

export default function Home() {
  const who = createAsync(() => whoAsks(), { deferStream: true })
  return (
    <>
      <p id="who">{who()}</p>
      <Text />
    </>
  )
}

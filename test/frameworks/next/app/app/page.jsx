import { headers } from 'next/headers'
import { Text } from './text'

export default async function Page() {
  const who = (await headers()).get('authorization') ?? 'nobody'
  return (
    <>
      <p id="who">{who}</p>
      <Text />
    </>
  )
}

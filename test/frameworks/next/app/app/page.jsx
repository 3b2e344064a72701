import { headers } from 'next/headers'
import { act } from './actions'
import { Text } from './text'

export default async function Page() {
  const who = (await headers()).get('authorization') ?? 'nobody'
  return (
    <>
      <p id="who">{who}</p>
      <Text />
      <form action={act}>
        <button type="submit" id="act">
          Act
        </button>
      </form>
    </>
  )
}

import { getServerSession } from '@ory/nextjs/app'

export default async function Page() {
  const session = await getServerSession()
  return <p id="who">{session?.identity?.traits.email ?? 'nobody'}</p>
}

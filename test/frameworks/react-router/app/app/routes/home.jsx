import { sdkUrl } from 'virtual:ory'

globalThis.sdkUrl = sdkUrl

export const loader = ({ request }) => ({ who: request.headers.get('authorization') ?? 'nobody' })

export default function Home({ loaderData }) {
  return (
    <>
      <p id="who">{loaderData.who}</p>
      <p id="text">first</p>
    </>
  )
}

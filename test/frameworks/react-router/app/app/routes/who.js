export const loader = ({ request }) =>
  Response.json({ who: request.headers.get('authorization') ?? 'nobody' })

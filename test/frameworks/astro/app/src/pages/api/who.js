export const GET = ({ request }) => Response.json({ who: request.headers.get('authorization') ?? 'nobody' })

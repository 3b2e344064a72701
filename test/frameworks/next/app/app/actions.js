'use server'

import { headers } from 'next/headers'
import { redirect } from 'next/navigation'

export async function act() {
  const who = (await headers()).get('authorization') ?? 'nobody'
  redirect(`/?acted-as=${who.split(' ')[0]}`)
}

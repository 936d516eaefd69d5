import { SignJWT } from 'jose'

const hours = 8

export async function POST(request: Request): Promise<Response> {
  const form = await request.formData() // check the password of the user here
  const token = await new SignJWT({ wildcast: { role: 'member' } })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(String(form.get('name')))
    .setExpirationTime(`${hours}h`)
    .sign(new TextEncoder().encode(process.env.JWT_SECRET))
  const cookie = `session=${token}; Path=/; Max-Age=${hours * 3600}; HttpOnly; SameSite=Lax` // and Secure, with HTTPS
  return new Response(null, { status: 303, headers: { location: '/', 'set-cookie': cookie } })
}

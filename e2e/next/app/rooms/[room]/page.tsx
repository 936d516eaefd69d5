import { News } from '../../news'
import { Room } from './room'

export default async function Page({ params }: { readonly params: Promise<{ room: string }> }) {
  const { room } = await params
  return (
    <main>
      <h1>{room}</h1>
      <Room name={room} />
      <News />
    </main>
  )
}

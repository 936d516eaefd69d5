import { type Good, Goods } from './goods'
import { News } from './news'

/** The values in the first HTML. */
async function firstGoods(): Promise<Good[]> {
  const answer = await fetch(`${process.env.RELAY_URL}/value/good.apple`, { cache: 'no-store' })
  return answer.ok ? [{ subject: 'good.apple', price: (await answer.json()).price }] : []
}

export default async function Page() {
  return (
    <main>
      <h1>Goods</h1>
      <Goods first={await firstGoods().catch(() => [])} />
      <News />
    </main>
  )
}

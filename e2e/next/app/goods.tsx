'use client'

import { useValues } from '@wildcast/react/values'

export interface Good {
  readonly subject: string
  readonly price: number
}

export function Goods({ first }: { readonly first: readonly Good[] }) {
  const { values, status } = useValues<{ price: number }>('good.*')
  const now = [...values].map(([subject, { data }]) => ({ subject, price: data.price }))
  return (
    <ul aria-label="Goods">
      {(status === 'loading' ? first : now).map(({ subject, price }) => (
        <li key={subject}>{`${subject}: ${price}`}</li>
      ))}
    </ul>
  )
}

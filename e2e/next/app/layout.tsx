import Link from 'next/link'
import type { ReactNode } from 'react'
import { Providers } from './providers'

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <nav>
          <Link href="/">Goods</Link> <Link href="/rooms/kitchen">Kitchen</Link> <Link href="/sign-in">Sign in</Link>
        </nav>
        <Providers>{children}</Providers>
      </body>
    </html>
  )
}

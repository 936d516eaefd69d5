'use client'

import { createClient } from '@wildcast/client'
import { WildcastProvider } from '@wildcast/react'
import type { ReactNode } from 'react'

const client = createClient({ url: '/ws' })

export function Providers({ children }: { readonly children: ReactNode }) {
  return <WildcastProvider client={client}>{children}</WildcastProvider>
}

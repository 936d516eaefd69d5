import { expect, type Locator, type Page } from '@playwright/test'

// Compared with pictures that a person has looked at. `npx playwright test --config
// e2e/playwright.config.ts look --update-snapshots` takes new ones.

/** Compares the window, without what is different each time. */
export async function expectLook(page: Page, name: string, varying: readonly Locator[] = []): Promise<void> {
  const isMenu = await page.getByRole('dialog').isVisible()
  await page.evaluate(() => document.fonts.ready)
  await expect(page).toHaveScreenshot(`${name}.png`, {
    mask: isMenu ? [] : [page.locator('time'), page.locator('[data-varies]'), ...varying],
    maskColor: '#808080',
    maxDiffPixelRatio: 0.01,
  })
}

import { defineConfig } from "@playwright/test";

const port = process.env.PAGE_PORT ?? "4173";
const mock = new URL(process.env.MOCK_URL ?? "http://127.0.0.1:8080");

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  workers: 2,
  reporter: "list",
  outputDir: process.env.PLAYWRIGHT_OUTPUT ?? "test-results",
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    // Without CHROMIUM, the browser is the one of `npx playwright install chromium`.
    launchOptions: { executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] },
  },
  webServer: [
    { command: `node src/serve.js ${port}`, url: `http://127.0.0.1:${port}/` },
    {
      command: `mockserver serve ../../docs/shop.yaml --items 3 --port ${mock.port}`,
      url: new URL("/_mock/health", mock).href,
      reuseExistingServer: true, // one that runs already
    },
  ],
});

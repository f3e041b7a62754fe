/** The client that the tests are about: it orders, and tries again when the service is unavailable. */
export interface Order {
  id: number;
  customer_id: string;
}

const ATTEMPTS = 3;

export class Shop {
  constructor(
    private readonly url: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  async customers(): Promise<{ id: string; name: string }[]> {
    const response = await fetch(`${this.url}/customers`, { headers: this.headers });
    return response.json();
  }

  async order(customerId: string): Promise<Order> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${this.url}/orders`, {
        method: "POST",
        headers: { ...this.headers, "Content-Type": "application/json" },
        body: JSON.stringify({ customer_id: customerId }),
      });
      if (response.ok) return response.json();
      if (response.status !== 503 || attempt === ATTEMPTS) throw new Error(`no order: status ${response.status}`);
    }
  }
}

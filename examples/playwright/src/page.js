// The page that the tests are about: it lists customers and adds one. `?api=` is the base URL of the service.
const api = new URLSearchParams(location.search).get("api") ?? "http://127.0.0.1:8080/shop";
const [form, list, alert] = ["form", "ul", "[role=alert]"].map((selector) => document.querySelector(selector));

async function call(path, options) {
  const response = await fetch(api + path, options);
  if (!response.ok) throw new Error(`The shop is unavailable (${response.status}).`);
  return response.json();
}

async function shown(work) {
  alert.hidden = true;
  try {
    await work();
  } catch (error) {
    alert.textContent = error instanceof TypeError ? "The shop cannot be reached." : error.message;
    alert.hidden = false;
  }
}

const show = () =>
  shown(async () => {
    const customers = await call("/customers");
    list.replaceChildren(...customers.map(({ name }) => Object.assign(document.createElement("li"), { textContent: name })));
  });

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = JSON.stringify({ name: form.elements.name.value });
  shown(async () => {
    await call("/customers", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    await show();
  });
});

show();

"use strict";
const root = document.documentElement;
const button = document.querySelector("button.theme");
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
const label = () => { button.textContent = isDark() ? "Light" : "Dark"; };
button.hidden = false;
button.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  label();
});
dark.addEventListener("change", label);
label();

for (const viewer of document.querySelectorAll(".viewer")) {
  const show = () => {
    const chosen = [...viewer.querySelectorAll("input:checked")].map((input) => input.value);
    for (const part of viewer.querySelectorAll("[data-when]")) {
      const wanted = part.dataset.when.split(" ").every((word) => chosen.includes(word));
      part.classList.toggle("chosen", wanted);
    }
  };
  viewer.addEventListener("change", show);
  show();
}

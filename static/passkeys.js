"use strict";
// Passkeys: the browser asks the device, and its answer goes with the form as any other field does.
(() => {
  const Key = window.PublicKeyCredential;
  if (!Key?.parseRequestOptionsFromJSON) return;

  const answer = async (form) => {
    const options = JSON.parse(form.dataset.options);
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: Key.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: Key.parseRequestOptionsFromJSON(options) });
    return JSON.stringify(credential.toJSON());
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const fault = form.querySelector("p.error[role=alert]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      fault.hidden = true;
      try {
        form.elements.credential.value = await answer(form);
      } catch {
        fault.hidden = false;
        return;
      }
      form.submit();
    });
  });
})();

// Asks for the story that the page is to show, and draws it.
const app = document.getElementById("app");
fetch(app.dataset.story)
  .then((answer) => answer.json())
  .then((story) => {
    document.title = story.title;
    document.head.insertAdjacentHTML("beforeend", story.head);
    app.innerHTML = story.body;
    app.removeAttribute("aria-busy");
  });

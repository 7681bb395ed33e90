// Prints how long ago a story came out, next to its printed time.
document.querySelectorAll("time.timeago").forEach(function (time) {
  time.title = new Date(time.dateTime).toLocaleString();
});
